namespace TimeSeries.Hosting.Configuration;

/// <summary>What the start of a host is validated for before its sections: its arguments, and rules over several sections.</summary>
internal sealed class HostStart
{
    public List<string> Arguments { get; } = [];
}
