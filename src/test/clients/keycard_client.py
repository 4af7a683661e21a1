"""Keycard's Python client: one mint for each line of standard input."""

import json
import sys

import keycardai_api


def mint(order: dict) -> str:
    options = {}
    if order["retries"] == "off":  # On is the client's default.
        options["max_retries"] = 0
    if "patienceMs" in order:
        options["timeout"] = order["patienceMs"] / 1000
    client = keycardai_api.KeycardAPI(
        base_url=order["url"],
        default_headers={"Authorization": "Bearer " + order["token"]},
        **options,
    )
    try:
        created = client.organizations.service_accounts.credentials.create(
            order["account"], organization_id="acme", name="official-client"
        )
        return "secret" if created.client_secret else "no secret"
    except keycardai_api.APIStatusError as error:
        return f"{type(error).__name__} {error.status_code}"
    except Exception as error:
        return type(error).__name__


for line in sys.stdin:
    print(mint(json.loads(line)), flush=True)
