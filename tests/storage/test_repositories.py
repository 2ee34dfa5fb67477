"""All repositories of one open database."""

from storage.database import Database
from storage.keyring import Keyring
from storage.links import Links
from storage.repositories import Repositories
from storage.rotation import Rotation


def test_every_repository_is_on_the_same_file_under_the_name_of_its_class(
    database: Database, keyring: Keyring, service_url: str
) -> None:
    repositories = vars(Repositories(database, keyring, service_url))
    assert len(repositories) > 20
    for name, repository in repositories.items():
        assert type(repository).__name__ == "".join(part.capitalize() for part in name.split("_"))
        assert repository._database is database
        if isinstance(repository, (Links, Rotation)):
            assert (repository._keyring, repository._origin) == (keyring, "https://models.example:443")
