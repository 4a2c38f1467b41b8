from django.urls import URLPattern, path

from console.procurement.catalogue import views

urlpatterns: list[URLPattern] = [
    path("c/catalogue/", views.Items.as_view(), name="catalogue"),
    path("c/catalogue/new/", views.NewItem.as_view(), name="catalogue-new"),
    path("c/catalogue/<int:article_id>/", views.EditItem.as_view(), name="catalogue-item"),
    path("c/catalogue/<int:article_id>/use/", views.UseItem.as_view(), name="catalogue-item-use"),
    path("c/catalogue/categories/", views.Categories.as_view(), name="catalogue-categories"),
    path(
        "c/catalogue/categories/new/",
        views.NewCategory.as_view(),
        name="catalogue-categories-new",
    ),
    path(
        "c/catalogue/categories/<int:category_id>/",
        views.EditCategory.as_view(),
        name="catalogue-categories-category",
    ),
]
