"""Yours: routes beyond the starter's. Already part of the service, and no update touches it."""

from fastapi import APIRouter

router = APIRouter(tags=["own"])
