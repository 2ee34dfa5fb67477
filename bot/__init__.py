"""Application: clients of the services, identity, business rules and drawing."""
