"""Keycard's Python client: one mint, or all other routes, for each line of standard input."""

import json
import sys
import uuid

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


def other_routes(order: dict) -> str:
    """Uses every route in the ways of this client; returns what is not as at Keycard."""
    client = keycardai_api.KeycardAPI(
        base_url=order["url"],
        default_headers={"Authorization": "Bearer " + order["token"]},
        client_id="",
        client_secret="",
    )
    credentials = client.organizations.service_accounts.credentials
    account = {"organization_id": "acme", "service_account_id": order["account"]}
    longest = ("nightly " * 63)[:500]
    created = credentials.create(
        order["account"],
        organization_id="acme",
        name="official-client",
        description=longest,
        x_client_request_id=str(uuid.uuid4()),
    )
    found = credentials.list(
        order["account"], organization_id="acme", expand=["permissions", "total_count"]
    )
    read = credentials.retrieve(created.id, expand=["permissions"], **account)
    unchanged = credentials.update(created.id, **account)
    changed = credentials.update(created.id, description="short", **account)
    credentials.delete(created.id, **account)
    try:
        credentials.retrieve(created.id, **account)
        gone = False
    except keycardai_api.NotFoundError:
        gone = True
    checks = {
        "create": created.description == longest,
        "list": any(item.id == created.id and item.permissions for item in found.items),
        "retrieve": read.description == longest and read.permissions is not None,
        "update without a change": unchanged.description == longest,
        "update": changed.description == "short",
        "delete": gone,
    }
    return ",".join(route for route, is_right in checks.items() if not is_right)


for line in sys.stdin:
    order = json.loads(line)
    print(other_routes(order) if order.get("otherRoutes") else mint(order), flush=True)
