"""Translatable sentences for code that must not know Django (``rules``)."""

from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

_ = gettext_lazy
_n = ngettext_lazy
_p = pgettext_lazy
