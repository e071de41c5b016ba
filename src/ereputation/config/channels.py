"""Where alerts go: the entries of ``notify:``."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from ereputation.config.faults import quoted
from ereputation.config.values import EMAIL, distinct


def _address(value: str) -> str:
    if not EMAIL.fullmatch(value):
        raise ValueError(f"expected an e-mail address, not {quoted(value)}")
    return value


Address: TypeAlias = Annotated[str, AfterValidator(_address)]


class Email(BaseModel):
    """Alerts by e-mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["email"] = "email"
    to: Annotated[tuple[Address, ...], AfterValidator(distinct)] = Field(
        min_length=1, description="Addresses alerts are sent to."
    )


class Apprise(BaseModel):
    """Alerts through any service Apprise knows (Slack, Teams, Telegram...)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["apprise"] = "apprise"
    url: SecretStr = Field(min_length=1, description="The Apprise URL of the service; a secret.")


class Webhook(BaseModel):
    """Alerts as JSON, posted to an address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["webhook"] = "webhook"
    url: SecretStr = Field(min_length=1, description="The address alerts are posted to; a secret.")


AnyChannel: TypeAlias = Annotated[Email | Apprise | Webhook, Field(discriminator="kind")]
"""Any entry of ``notify:``, told apart by its ``kind``."""
