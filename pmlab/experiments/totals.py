"""The few numbers of an arm that all read-outs work from.

Users, means and covariances say all that a mean, a rate, a ratio or a CUPED estimate
needs. They are computed once, by whatever holds the rows, and add up.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.errors import ColumnsMissingError
from pmlab.results import Result

Weights = Mapping[str, float]


@dataclass(frozen=True, kw_only=True, repr=False)
class Totals(Result):
    """Users, means and covariances of one arm.

    Attributes:
        users: Units that were randomized, at least 2.
        columns: Names of what was measured for each user.
        means: Mean of each column over the users.
        covariances: Sample covariances between the columns, a square table.
        filled_users: Users of each column who had no value and count with the mean;
            empty if there are none.
    """

    users: int
    columns: tuple[str, ...]
    means: tuple[float, ...]
    covariances: tuple[tuple[float, ...], ...]
    filled_users: tuple[int, ...] = ()

    @classmethod
    def from_sums(
        cls,
        users: int,
        *,
        sums: Mapping[str, float],
        products: Mapping[tuple[str, str], float],
    ) -> "Totals":
        """Return the totals of an arm from sums over its users.

        Covariance = (sum xy - sum x sum y / n) / (n - 1).

        Args:
            users: Users in the arm.
            sums: Sum of each column.
            products: Sum of products of each pair of columns, each pair once; the sum
                of squares of ``x`` is the product of ``("x", "x")``.

        Returns:
            The totals.

        Raises:
            ValueError: If a product is missing, or is too small for its sums.

        Examples:
            >>> arm = Totals.from_sums(4, sums={"orders": 10},
            ...     products={("orders", "orders"): 30})
            >>> arm.mean("orders"), round(arm.variance({"orders": 1}), 3)
            (2.5, 1.667)

        References:
            Chan, Golub, LeVeque (1983), The American Statistician 37.
        """
        users = check.whole("users", users, minimum=2)
        columns = tuple(sums)
        means = [
            check.number(f"sums[{name!r}]", sums[name]) / users for name in columns
        ]
        table = np.empty((len(columns), len(columns)))
        for row, first in enumerate(columns):
            for column, second in enumerate(columns):
                product = _product(products, first, second)
                centered = product - users * means[row] * means[column]
                table[row, column] = centered / (users - 1)
            _check_squares(first, table[row, row], mean=means[row])
        return cls.of(users, columns, np.array(means), table)

    @classmethod
    def from_values(cls, values: Mapping[str, npt.ArrayLike]) -> "Totals":
        """Return the totals of an arm from one number per user and column.

        Args:
            values: For each column one number per user, in the same order of users.

        Returns:
            The totals.

        Raises:
            ValueError: If a column is empty, holds NaN, or lengths differ.

        Examples:
            >>> Totals.from_values({"orders": [1, 2, 3, 4]}).mean("orders")
            2.5
        """
        arrays = [check.finite_array(name, column) for name, column in values.items()]
        lengths = {name: len(a) for name, a in zip(values, arrays, strict=True)}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"values has columns of lengths {lengths}, must be equal")
        users = check.whole("users", len(arrays[0]), minimum=2)
        matrix = np.vstack(arrays)
        means = matrix.mean(axis=1)
        centered = matrix - means[:, None]
        table = centered @ centered.T / (users - 1)
        return cls.of(users, tuple(values), means, table)

    @classmethod
    def from_mean(
        cls, users: int, *, mean: float, variance: float, column: str = "value"
    ) -> "Totals":
        """Return the totals of an arm whose mean and variance are known already.

        Args:
            users: Users in the arm.
            mean: Mean per user.
            variance: Sample variance between users (not the squared standard error).
            column: Name to give to what was measured.

        Returns:
            The totals.

        Raises:
            ValueError: If there are fewer than 2 users or the variance is negative.

        Examples:
            >>> Totals.from_mean(188_065, mean=0.1078, variance=0.0962)
            188,065 users; means per user: value 0.1078.
        """
        users = check.whole("users", users, minimum=2)
        table = np.array([[check.not_negative("variance", variance)]])
        return cls.of(users, (column,), np.array([check.number("mean", mean)]), table)

    @classmethod
    def of(
        cls,
        users: int,
        columns: tuple[str, ...],
        means: npt.NDArray[np.float64],
        table: npt.NDArray[np.float64],
        *,
        filled_users: tuple[int, ...] = (),
    ) -> "Totals":
        """Return totals from means and covariances that are already computed.

        Args:
            users: Users in the arm.
            columns: Name of each column.
            means: Mean of each column.
            table: Sample covariances, a row and a column for each name.
            filled_users: Users of each column who had no value and got the mean.

        Returns:
            The totals.

        Examples:
            >>> Totals.of(10, ("x",), np.array([2.0]), np.array([[4.0]])).means
            (2.0,)
        """
        return cls(
            users=users,
            columns=columns,
            means=tuple(map(float, means)),
            covariances=tuple(tuple(map(float, row)) for row in table),
            filled_users=filled_users if any(filled_users) else (),
        )

    def mean(self, column: str) -> float:
        """Return the mean of a column over the users."""
        return self.means[self._position(column)]

    def filled(self, column: str) -> int:
        """Return the users without a value in a column, who count with its mean."""
        position = self._position(column)
        return self.filled_users[position] if self.filled_users else 0

    def covariance(self, first: Weights, second: Weights) -> float:
        """Return the covariance between users of two weighted sums of columns."""
        return math.fsum(
            one * two * self.covariances[self._position(a)][self._position(b)]
            for a, one in first.items()
            for b, two in second.items()
        )

    def variance(self, weights: Weights) -> float:
        """Return the variance between users of a weighted sum of columns."""
        return max(self.covariance(weights, weights), 0.0)

    def summary(self) -> str:
        """Say users and means."""
        means = ", ".join(
            f"{name} {mean:.4g}"
            for name, mean in zip(self.columns, self.means, strict=True)
        )
        return f"{formatting.count(self.users)} users; means per user: {means}."

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each column.

        Returns:
            Columns ``column``, ``users``, ``mean`` and ``standard_deviation``.
        """
        spread = [
            math.sqrt(max(self.covariances[i][i], 0.0)) for i in range(len(self.means))
        ]
        return pd.DataFrame(
            {
                "column": self.columns,
                "users": self.users,
                "mean": self.means,
                "standard_deviation": spread,
            }
        )

    def _position(self, column: str) -> int:
        if column not in self.columns:
            raise ColumnsMissingError.of([column], self.columns)
        return self.columns.index(column)


def pooled(arms: Sequence[Totals]) -> Totals:
    """Return the totals of several arms taken as one.

    Args:
        arms: Totals with the same columns.

    Returns:
        Totals over all their users.

    Raises:
        ValueError: If the arms do not have the same columns.

    Examples:
        >>> both = pooled([Totals.from_values({"orders": [1, 2]}),
        ...     Totals.from_values({"orders": [3, 4]})])
        >>> both.users, both.mean("orders")
        (4, 2.5)
    """
    columns = arms[0].columns
    if any(arm.columns != columns for arm in arms):
        seen = " and ".join(", ".join(arm.columns) for arm in arms)
        raise ValueError(f"arms have columns {seen}, must be the same in each arm")
    users = sum(arm.users for arm in arms)
    means = sum(arm.users / users * np.array(arm.means) for arm in arms)
    table = np.zeros((len(columns), len(columns)))
    for arm in arms:
        shift = np.array(arm.means) - means
        table += (arm.users - 1) * np.array(arm.covariances)
        table += arm.users * np.outer(shift, shift)
    return Totals.of(
        users,
        columns,
        np.asarray(means),
        table / (users - 1),
        filled_users=tuple(sum(arm.filled(name) for arm in arms) for name in columns),
    )


def _product(
    products: Mapping[tuple[str, str], float], first: str, second: str
) -> float:
    for pair in ((first, second), (second, first)):
        if pair in products:
            return check.number(f"products[{pair!r}]", products[pair])
    raise ValueError(
        f"products has no entry ({first!r}, {second!r}), must have each pair of "
        "columns; that of a column with itself is its sum of squares"
    )


def _check_squares(name: str, variance: float, *, mean: float) -> None:
    if variance < -1e-9 * max(mean**2, 1e-300):
        raise ValueError(
            f"products of {name!r} is too small for its sum, must be the sum of the "
            "squares, at least sum^2 / users"
        )
