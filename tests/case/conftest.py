import pytest

from pmlab.case import tables


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PMLAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
    tables._frame.cache_clear()
