using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>A merge lets requests go first, unless merges are far behind.</summary>
internal sealed class MergePace : WorkPace
{
    /// <summary>Whether merges are far behind.</summary>
    public bool IsBehind { get; set; }

    protected override bool IsUrgent() => IsBehind;
}
