"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "access.department.added": _("Department added"),
    "access.department.changed": _("Department changed"),
    "access.department.head-named": _("Head of a department named"),
    "access.department.restored": _("Department restored"),
    "access.department.retired": _("Department retired"),
    "access.integration.created": _("Integration created"),
    "access.integration.ended": _("Integration ended"),
    "access.integration.handed-over": _("Integration handed over"),
    "access.password-link.sent": _("Link for a password sent"),
    "access.password.changed": _("Password changed"),
    "access.password.first-made": _("First password made"),
    "access.password.set": _("Password chosen"),
    "access.post.actions-changed": _("What a post may do changed"),
    "access.post.added": _("Post added"),
    "access.post.classified": _("As which posts a post counts said"),
    "access.post.changed": _("Post changed"),
    "access.post.ended": _("Post ended"),
    "access.post.given": _("Post given"),
    "access.post.restored": _("Post restored"),
    "access.post.retired": _("Post retired"),
    "access.token.created": _("Access token created"),
    "access.token.revoked": _("Access token revoked"),
    "access.user.activated": _("User let in again"),
    "access.user.added": _("User added"),
    "access.user.changed": _("Name or address of a user changed"),
    "access.user.deactivated": _("User shut out"),
    "access.user.moved": _("User moved to a department"),
    "access.user.signed-in": _("Signed in"),
}
OBJECTS = {
    "access.apitoken": _("Access token"),
    "access.department": _("Department"),
    "access.integration": _("Integration"),
    "access.post": _("Post"),
    "access.postholding": _("Holding of a post"),
    "access.user": _("User"),
}
