"""Makes the contract's documents: `make contract`, before anything is installed or started.

Never part of a service: what it makes is committed under `services/gateway/src/gateway/published/`,
and the gateway serves those files.
"""
