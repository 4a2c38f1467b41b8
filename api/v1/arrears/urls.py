from django.urls import path

from api.v1.arrears import arrears

urlpatterns = [
    path("arrears/", arrears.Arrears.as_view()),
    path("arrears/summary/", arrears.Summary.as_view()),
    path("collection-rates/", arrears.CollectionRates.as_view()),
]
