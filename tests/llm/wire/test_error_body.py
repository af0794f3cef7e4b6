"""Error bodies of all servers, brought to one shape (servers.md 13.4)."""

from __future__ import annotations

import json

import pytest

from llm.wire.error_body import ErrorBody, read_error_body

NESTED = {"error": {"code": 400, "message": "request (9 tokens) exceeds", "type": "exceed_context_size_error"}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"error": {"message": "No.", "type": "Invalid_Request", "code": "model_not_found", "param": "model"}},
            ErrorBody("No.", ("model_not_found", "invalid_request"), param="model"),
        ),
        (
            {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}},
            ErrorBody("Loading model", ("unavailable_error",), status=503),
        ),
        (
            {"error": {"message": "No", "code": 429, "metadata": {"error_type": "rate_limit_exceeded"}}},
            ErrorBody("No", ("rate_limit_exceeded",), status=429),
        ),
        (
            {"error": {"message": "No", "code": 403, "metadata": {"flagged_input": "..."}}},
            ErrorBody("No", (), status=403, flagged=True),
        ),
        (
            {"error": {"message": "x", "availability": {"code": "capacity_exhausted", "retry_after": 12}}},
            ErrorBody("x", ("capacity_exhausted",), retry_after_seconds=12.0),
        ),
        ({"error": {"message": "x", "http_status_code": 422}}, ErrorBody("x", status=422)),
        ({"error": {"message": "", "code": None}, "message": "outer"}, ErrorBody("outer")),
        ({"error": "model 'x' not found"}, ErrorBody("model 'x' not found")),
        (
            {"error": json.dumps(NESTED)},
            ErrorBody("request (9 tokens) exceeds", ("exceed_context_size_error",), status=400),
        ),
        (
            {"error": {"message": json.dumps(NESTED), "type": "api_error"}},
            ErrorBody("request (9 tokens) exceeds", ("api_error", "exceed_context_size_error"), status=400),
        ),
        (
            {"object": "error", "message": "No", "type": "BadRequestError", "param": None, "code": 400},
            ErrorBody("No", ("badrequesterror",), status=400),
        ),
        ({"error": "busy", "error_type": "overloaded"}, ErrorBody("busy", ("overloaded",))),
        ({"detail": "Unauthorized"}, ErrorBody("Unauthorized")),
        (
            {"detail": [{"loc": ["body", "messages"], "msg": "Field required", "input": "my secret"}, "?"]},
            ErrorBody("body.messages: Field required", ("validation_error",)),
        ),
        (
            {"detail": {"msg": "Server is busy", "type": "service_unavailable"}},
            ErrorBody("Server is busy", ("service_unavailable",)),
        ),
        ({"detail": None}, ErrorBody()),
        ({"message": "no"}, ErrorBody("no")),
        ("Internal Server Error\n", ErrorBody("Internal Server Error")),
        ("<html><style>b{}</style><h1>502</h1> <b>Bad</b> Gateway</html>", ErrorBody("502 Bad Gateway")),
        ("{broken", ErrorBody("{broken")),
        ("", ErrorBody()),
        (None, ErrorBody()),
        ([], ErrorBody()),
        ({}, ErrorBody()),
        ({"error": None}, ErrorBody()),
        ({"error": {"message": 5, "type": 7, "code": "has spaces in it"}}, ErrorBody()),
    ],
)
def test_every_shape_is_read(body: object, expected: ErrorBody):
    assert read_error_body(body) == expected


def test_nesting_has_an_end():
    body: object = "deep"
    for _ in range(8):
        body = json.dumps({"error": body})
    assert read_error_body(body).message.startswith("{")
