using System.ComponentModel;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Http</c>.</summary>
public sealed class HttpOptions
{
    public const string Section = "Http";

    [Description("Origins, separated by commas, whose pages may read answers; none switches CORS off")]
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];
}
