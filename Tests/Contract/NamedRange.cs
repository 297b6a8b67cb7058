namespace TimeSeries.Tests.Contract;

/// <summary>A range of times with what makes it worth asking for.</summary>
internal sealed record NamedRange(string Name, long From, long To)
{
    public override string ToString() => Name;
}
