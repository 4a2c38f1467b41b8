"""What a person says of himself."""

from django.conf import settings
from django.db import transaction

from kernel.text import _
from tenants.vendors.models import VendorLogin
from tenants.vendors.operations.errors import LanguageUnknown, NameMissing


@transaction.atomic
def set_language(*, login_id: int, language: str) -> None:
    """Speak another language with a person. :raises LanguageUnknown: if we do not."""
    if language not in dict(settings.LANGUAGES):
        raise LanguageUnknown(_("Choose one of the languages."), field="language")
    VendorLogin.objects.filter(pk=login_id).update(language=language)


@transaction.atomic
def set_name(*, login_id: int, name: str) -> None:
    """Change one's own name; companies know their contacts by the names they gave them.

    :raises NameMissing: without a name of at most 60 characters.
    """
    if not 0 < len(name.strip()) <= 60:
        raise NameMissing(_("Enter up to 60 characters."), field="name")
    VendorLogin.objects.filter(pk=login_id).update(name=name.strip())
