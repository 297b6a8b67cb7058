using System.Net.Http.Headers;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>Where queries go.</summary>
/// <param name="Server">Address of the server, ending in a slash.</param>
/// <param name="Database">The database.</param>
/// <param name="RetentionPolicy">Its retention policy; empty for the default one.</param>
/// <param name="Authorization">The header that lets in, or null.</param>
/// <param name="Timeout">How long a request may say nothing.</param>
internal sealed record InfluxReadTarget(Uri Server, string Database, string RetentionPolicy, AuthenticationHeaderValue? Authorization, TimeSpan Timeout);
