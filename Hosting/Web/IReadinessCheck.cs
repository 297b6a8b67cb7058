namespace TimeSeries.Hosting.Web;

/// <summary>A part of the host that can say whether it makes progress: log, store. Thread safe and quick.</summary>
public interface IReadinessCheck
{
    /// <summary>Why the part can't do its work now, as a short sentence that gives nothing away; null when it can.</summary>
    string? WhyNotReady();
}
