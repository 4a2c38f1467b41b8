"""The people who run the platform. They live in the public schema and enter no company."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tenants.attempts import Attempts


class OperatorManager(BaseUserManager["Operator"]):
    pass


class Operator(AbstractBaseUser):
    """One operator. Not Django's user: companies' people have that model, in their schema."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    # The authenticator app: its secret, sealed; the half-minute of the last code that was taken.
    app_secret_encrypted = models.CharField(max_length=200, blank=True)
    app_last_step = models.BigIntegerField(default=0)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    objects = OperatorManager()

    def __str__(self) -> str:
        return self.name


class SignInAttempt(Attempts):
    """Failures to sign in as an operator."""

    username = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["username", "address"], name="signinattempt_of_place_once"
            ),
        ]


class OperatorSession(models.Model):
    """A signed-in browser. The cookie holds a random key, the table its digest."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.operator_id}"


class OperatorAction(models.Model):
    """What operators did to companies, kept where no company can read it. Append-only."""

    at = models.DateTimeField()
    operator = models.CharField(max_length=60)
    event = models.CharField(max_length=60)
    company_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"#{self.pk} {self.event}"
