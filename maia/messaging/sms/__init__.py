"""The SMS channel: `send(to, text) -> provider id`, through the provider of `MAIA_SMS_URL`."""
