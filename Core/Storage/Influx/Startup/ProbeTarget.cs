using System.Net.Http.Headers;

namespace TimeSeries.Core.Storage.Influx.Startup;

/// <summary>What a start check looks at.</summary>
/// <param name="Server">Address of the server, ending in a slash.</param>
/// <param name="Database">The database, or the bucket.</param>
/// <param name="RetentionPolicy">Its retention policy; empty for the default one.</param>
/// <param name="Organization">The organisation that <c>/api/v2/write</c> asks for; empty to write to <c>/write</c>.</param>
/// <param name="WriteAccount">The header that lets writes in, or null where the server asks for none.</param>
/// <param name="ReadAccount">The same for queries.</param>
/// <param name="Timeout">How long one request may take.</param>
internal sealed record ProbeTarget(
    Uri Server, string Database, string RetentionPolicy, string Organization,
    AuthenticationHeaderValue? WriteAccount, AuthenticationHeaderValue? ReadAccount, TimeSpan Timeout)
{
    /// <summary>Name of the bucket of 2.x.</summary>
    public string Bucket => RetentionPolicy.Length > 0 ? $"{Database}/{RetentionPolicy}" : Database;

    /// <summary>Whether the host writes.</summary>
    public bool Writes { get; init; }

    /// <summary>Whether the host asks.</summary>
    public bool Reads { get; init; }

    /// <summary>Whether a missing database is made (1.x only).</summary>
    public bool CreatesDatabase { get; init; }

    /// <summary>How long a database that is made keeps its points; null is for ever.</summary>
    public TimeSpan? CreatedRetention { get; init; }

    /// <summary>The longest that any kind is to be kept by the host's own options; null is for ever.</summary>
    public TimeSpan? KeptFor { get; init; }
}
