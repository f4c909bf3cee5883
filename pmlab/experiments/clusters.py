"""Tests that randomize groups: zones, schools or accounts instead of users."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pmlab import _arguments as check


def design_effect(cluster_size: float, *, icc: float) -> float:
    """Return how many times more users a test of whole clusters needs.

    Design effect = 1 + (m - 1) ICC.

    Assumes clusters of about equal size.

    Args:
        cluster_size: Mean users per cluster, m.
        icc: Intraclass correlation: share of the variance that lies between clusters.

    Returns:
        The factor, 1 or more.

    Raises:
        ValueError: If a cluster holds less than one user or the ICC is no fraction.

    Examples:
        >>> round(design_effect(40, icc=0.02), 2)
        1.78

    References:
        Kish (1965), Survey Sampling.
    """
    size = check.number("cluster_size", cluster_size)
    if size < 1:
        raise ValueError(f"cluster_size == {cluster_size!r}, must be >= 1")
    return 1 + (size - 1) * check.rate("icc", icc)


def effective_users(users: float, *, cluster_size: float, icc: float) -> float:
    """Return how many independent users the users in clusters are worth.

    Effective users = users / (1 + (m - 1) ICC).

    Assumes clusters of about equal size.

    Args:
        users: Users measured.
        cluster_size: Mean users per cluster, m.
        icc: Intraclass correlation, a fraction.

    Returns:
        Users, at most ``users``.

    Raises:
        ValueError: If users are not > 0, or cluster size or ICC are out of range.

    Examples:
        >>> round(effective_users(8_000, cluster_size=40, icc=0.02))
        4494

    References:
        Kish (1965), Survey Sampling.
    """
    return check.positive("users", users) / design_effect(cluster_size, icc=icc)


def intraclass_correlation(
    values: npt.ArrayLike, *, clusters: Sequence[object] | npt.NDArray[np.generic]
) -> float:
    """Return the share of the variance that lies between clusters.

    ICC = (MSB - MSW) / (MSB + (m0 - 1) MSW), from the one-way analysis of variance,
    with m0 the mean cluster size corrected for unequal sizes; below 0 counts as 0.

    Assumes that clusters are a sample of similar clusters.

    Args:
        values: One number per user (0 or 1 for a rate).
        clusters: The cluster of each user, same length.

    Returns:
        The intraclass correlation, a fraction.

    Raises:
        ValueError: If lengths differ, if there is one cluster or one user in each, or
            if all values are equal.

    Examples:
        >>> intraclass_correlation([1, 1, 1, 0, 0, 0], clusters=list("aaabbb"))
        1.0
        >>> intraclass_correlation([1, 0, 1, 0], clusters=list("aabb"))
        0.0

    References:
        Donner, Koval (1980), Biometrics 36; Fisher (1925).
    """
    numbers = check.finite_array("values", values)
    labels, index = np.unique(np.asarray(clusters), return_inverse=True)
    if len(index) != len(numbers):
        raise ValueError(
            f"clusters has {len(index)} entries, must have {len(numbers)}, "
            "one for each value"
        )
    sizes = np.bincount(index)
    groups, users = len(labels), len(numbers)
    if groups < 2 or groups == users:
        raise ValueError(
            f"clusters names {groups} cluster(s) for {users} users, must be at least "
            "2 clusters, some with several users"
        )
    means = np.bincount(index, weights=numbers) / sizes
    within = float(((numbers - means[index]) ** 2).sum()) / (users - groups)
    between = float((sizes * (means - numbers.mean()) ** 2).sum()) / (groups - 1)
    if within + between == 0:
        raise ValueError("values are all equal, must vary to have a correlation")
    typical_size = (users - float((sizes**2).sum()) / users) / (groups - 1)
    share = (between - within) / (between + (typical_size - 1) * within)
    return max(share, 0.0)
