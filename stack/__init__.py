"""Starts and stops everything EntryGo runs on: its servers and its services.

Only the standard library is used, so that it runs before anything is installed.
"""
