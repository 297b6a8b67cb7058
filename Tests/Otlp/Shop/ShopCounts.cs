namespace TimeSeries.Tests.Otlp.Shop;

/// <summary>What the shop counted and measured itself, over some time. Immutable.</summary>
internal sealed record ShopCounts(IReadOnlyList<Tally> Tallies)
{
    /// <summary>What was done since an earlier look.</summary>
    public ShopCounts Since(ShopCounts earlier) => new(
    [
        .. Tallies.Select(tally => earlier.Tallies.FirstOrDefault(before => (before.Kind, before.Route, before.Name) == (tally.Kind, tally.Route, tally.Name))
            is { } same
            ? tally with { Count = tally.Count - same.Count, Failures = tally.Failures - same.Failures, Milliseconds = tally.Milliseconds - same.Milliseconds }
            : tally).Where(tally => tally.Count > 0),
    ]);

    /// <summary>All tallies of a kind added up.</summary>
    public Tally Sum(string kind) => Sum(kind, _ => true);

    /// <summary>The tallies of a kind for which a condition holds, added up.</summary>
    public Tally Sum(string kind, Func<Tally, bool> condition)
    {
        Tally[] all = [.. Tallies.Where(tally => tally.Kind == kind && condition(tally))];
        return new Tally(kind, "", "", all.Sum(tally => tally.Count), all.Sum(tally => tally.Failures), all.Sum(tally => tally.Milliseconds));
    }

    /// <summary>The tallies of a kind added up by a key.</summary>
    public IReadOnlyDictionary<string, Tally> By(string kind, Func<Tally, string> key) => Tallies.Where(tally => tally.Kind == kind).Select(key).Distinct()
        .ToDictionary(found => found, found => Sum(kind, tally => key(tally) == found));
}

/// <summary>What was done several times in requests of one route; as the shop writes it.</summary>
internal sealed record Tally(string Kind, string Route, string Name, int Count, int Failures, double Milliseconds);
