"""The security log: what was refused, tried or looked at."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console import formats
from console.lists import BuiltInView, ChoiceFilter, Column, DayFilter, ListView, title_column
from kernel.access import Action
from kernel.duties import PAIRS
from kernel.security import queries
from kernel.security.models import SecurityEvent, SecurityKind
from services.properties import queries as properties
from services.properties.models import Project

TONES = {
    SecurityKind.DUTIES_REFUSED: "bad",
    SecurityKind.LOCKED_OUT: "bad",
    SecurityKind.MANY_REFUSED: "bad",
    SecurityKind.TOKEN_REFUSED: "bad",
    SecurityKind.ACTION_DENIED: "warn",
    SecurityKind.DUTIES_WARNED: "warn",
    SecurityKind.OUT_OF_REACH: "warn",
    SecurityKind.SIGN_IN_FAILED: "warn",
}


class SecurityLog(ListView):
    action = Action.SECURITY_VIEW
    export_action = Action.SECURITY_VIEW
    page_key = "security"
    title = _("Security log")
    is_log = True
    columns = (
        title_column("at", _("Time"), kind="time"),
        Column(
            key="kind",
            label=_("What"),
            kind="state",
            tone=lambda row: TONES.get(row.kind, ""),
            phone="end",
        ),
        Column(
            key="actor",
            label=_("Who"),
            value=lambda row: formats.spell_who(row.actor),
            phone="sub",
        ),
        Column(key="times", label=_("Times"), kind="number"),
        Column(key="last_at", label=_("Last time"), kind="time"),
        Column(key="rule", label=_("Rule"), kind="code"),
        Column(key="message", label=_("What the person was told"), wraps=True, phone="end2"),
        Column(key="project_name", label=_("Project")),
        Column(key="path", label=_("Where in the product"), kind="code", wraps=True),
        Column(key="address", label=_("Address"), kind="code"),
        Column(key="code", label=_("Code"), kind="code", is_shown=False),
        Column(
            key="request_id",
            label=pgettext_lazy("number of a web request", "Request"),
            kind="code",
            is_shown=False,
        ),
    )
    filters = (
        ChoiceFilter(key="kind", label=_("What"), field="kind", choices=SecurityKind.choices),
        ChoiceFilter(
            key="rule", label=_("Rule"), field="rule", choices=[(rule, rule) for rule in PAIRS]
        ),
        ChoiceFilter(
            key="project",
            label=_("Project"),
            field="project_id",
            choices=lambda view: [
                (project.pk, project.name) for project in properties.projects(actor=view.actor)
            ],
        ),
        DayFilter(key="day", label=_("Day"), field="at", is_moment=True),
    )
    built_in_views = (
        BuiltInView(key="duties", label=_("Duties kept apart"), query="kind=DUTIES_REFUSED"),
        BuiltInView(
            key="doors",
            label=_("Signing in"),
            query="kind=SIGN_IN_FAILED&kind=LOCKED_OUT&kind=PASSWORD_RESET",
        ),
        BuiltInView(key="reveals", label=_("Personal data shown"), query="kind=DATA_REVEALED"),
    )
    search_fields = ("actor", "path", "message")
    search_label = _("Person, place or words")
    empty_icon = "shield"
    empty_title = _("Nothing was refused")
    empty_text = _("Refused actions, failed sign-ins and looks at personal data appear here.")

    def get_queryset(self) -> QuerySet[SecurityEvent]:
        names = Project.objects.filter(pk=OuterRef("project_id")).values("name")[:1]
        return queries.events(actor=self.actor).annotate(project_name=Subquery(names))
