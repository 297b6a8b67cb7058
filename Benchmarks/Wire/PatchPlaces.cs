namespace TimeSeries.Benchmarks.Wire;

/// <summary>Where in a body the values lie that change from one sending to the next.</summary>
internal sealed class PatchPlaces
{
    /// <summary>How the times are laid out.</summary>
    public TimeLayout TimeLayout { get; set; }

    /// <summary>Offsets of the times, in the order of samples.</summary>
    public List<int> Times { get; } = [];

    /// <summary>Offsets of the ids, each <see cref="PreparedBody.IdBytes"/> hexadecimal digits long.</summary>
    public List<int> Ids { get; } = [];
}
