"""A passkey made of software: what a browser and a security stick would answer, and lies."""

import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256, CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
SEEN = FLAG.UP | FLAG.UV


class SoftKey:
    """Answers for ``host`` as if its page stood at ``origin``; all of it can be falsified."""

    def __init__(self, host: str, origin: str) -> None:
        self.host, self.origin = host, origin
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.handle = b""
        self.counter = 0

    def register(
        self, options: dict[str, Any], *, flags: AuthenticatorData.FLAG = SEEN, kind: str = "create"
    ) -> dict[str, Any]:
        """Answer ``navigator.credentials.create``."""
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        key: CoseKey = ES256.from_cryptography_key(  # type: ignore[no-untyped-call]
            self.private.public_key()
        )
        data = AuthenticatorData.create(
            sha256(self.host.encode()).digest(),
            flags | FLAG.AT,
            self.counter,
            AttestedCredentialData.create(bytes(16), self.id, key),
        )
        return self._answer(
            clientDataJSON=self._client(kind, asked["challenge"]),
            attestationObject=AttestationObject.create("none", data, {}),
        )

    def sign_in(
        self,
        options: dict[str, Any],
        *,
        flags: AuthenticatorData.FLAG = SEEN,
        kind: str = "get",
        handle: bytes | None = None,
    ) -> dict[str, Any]:
        """Answer ``navigator.credentials.get``."""
        client = self._client(kind, options["publicKey"]["challenge"])
        data = AuthenticatorData.create(sha256(self.host.encode()).digest(), flags, self.counter)
        signed = bytes(data) + sha256(client).digest()
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=self.private.sign(signed, ec.ECDSA(hashes.SHA256())),
            userHandle=self.handle if handle is None else handle,
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return bytes(CollectedClientData.create(f"webauthn.{kind}", challenge, self.origin))

    def _answer(self, **response: bytes) -> dict[str, Any]:
        name = websafe_encode(self.id)
        coded = {key: websafe_encode(bytes(value)) for key, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": coded}
