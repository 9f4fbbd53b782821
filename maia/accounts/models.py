"""The user: an email address that signs in. Her roles (practitioner, patient) live elsewhere."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maia.accounts.addresses import AddressField, NotAnAddress, canonical_address


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, *, verified: bool = False, **fields: Any
    ) -> "User":
        """``verified``: she has shown that she reads this mailbox. Without a password, codes.

        Raises `NotAnAddress`.
        """
        from allauth.account.models import EmailAddress  # its model points at this one

        user = self.model(email=canonical_address(email), **fields)
        user.set_password(password)  # None: no password opens it
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            EmailAddress.objects.create(
                user=user, email=user.email, verified=verified, primary=True
            )
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = AddressField(_("email address"), unique=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined on"), default=timezone.now, editable=False)
    # One more, and every session of hers has ended: see `second_factor`.
    session_round = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.email

    def get_session_auth_hash(self) -> str:
        return self._of_this_round(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        yield from map(self._of_this_round, super().get_session_auth_fallback_hash())

    def _of_this_round(self, made: str) -> str:
        return f"{made}.{self.session_round}" if self.session_round else made

    def has_verified(self, email: str) -> bool:
        """Whether she has shown that she reads this mailbox (rule 3.5)."""
        from allauth.account.models import EmailAddress

        try:
            canonical = canonical_address(email)
        except NotAnAddress:
            return False
        return EmailAddress.objects.filter(user=self, email=canonical, verified=True).exists()


class Allowance(models.Model):
    """How often something was done since the first time of a while: see `allowances`."""

    key = models.CharField(max_length=64, unique=True)
    taken = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.taken}"


class Posted(models.Model):
    """A form that made something: where who sent it was led, for whoever sends it again."""

    digest = models.CharField(max_length=64, unique=True)  # of its key and all that it says
    answer = models.CharField(max_length=300, blank=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("form sent")
        verbose_name_plural = _("forms sent")

    def __str__(self) -> str:
        return self.digest[:8]
