"""Yours: routes beyond the starter's. Already part of the service."""

from fastapi import APIRouter

router = APIRouter(tags=["own"])
