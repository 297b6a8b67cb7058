namespace TimeSeries.Core.Model.Ports;

/// <summary>What the prober of this process found last, for people who look. Thread safe.</summary>
public interface IProbeNote
{
    /// <summary>A sentence; null while there is no prober.</summary>
    string? Text { get; }

    /// <summary>Whether the last round found everything as it was written.</summary>
    bool IsWell { get; }
}
