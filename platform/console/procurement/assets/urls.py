from django.urls import URLPattern, path

from console.procurement.assets import views

_ONE = "c/assets/<int:asset_id>/"

urlpatterns: list[URLPattern] = [
    path("c/assets/", views.Assets.as_view(), name="assets"),
    path("c/assets/new/", views.AddAsset.as_view(), name="assets-new"),
    path(_ONE, views.AssetPage.as_view(), name="assets-asset"),
    path(f"{_ONE}hand-over/", views.HandOver.as_view(), name="assets-hand-over"),
    path(f"{_ONE}take-back/", views.TakeBack.as_view(), name="assets-take-back"),
    path(f"{_ONE}move/", views.MoveAsset.as_view(), name="assets-move"),
    path(f"{_ONE}repair/", views.SendToRepair.as_view(), name="assets-repair"),
    path(f"{_ONE}repaired/", views.EndRepair.as_view(), name="assets-repaired"),
    path(f"{_ONE}scrap/", views.Scrap.as_view(), name="assets-scrap"),
]
