"""The programs from npm that judge the OpenAPI document (tests/http/npm). Environment: CLINIC_NPM_PROGRAMS, their folder."""

import os


def npm_program(name):
    path = os.path.join(os.environ["CLINIC_NPM_PROGRAMS"], name)
    assert os.path.exists(path), f"{name} is not installed: ./dev setup test"
    return path
