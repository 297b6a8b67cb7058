using System.ComponentModel;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>What a token is good for.</summary>
[Flags]
[TypeConverter(typeof(NameConverter<Scopes>))]
public enum Scopes
{
    None = 0,

    /// <summary>Pushing samples.</summary>
    Ingest = 1,

    /// <summary>Reading statistics and samples.</summary>
    Read = 2,

    /// <summary>Reading the host's own metrics from afar.</summary>
    Admin = 4,
}
