using Microsoft.Extensions.Primitives;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Ingest.Receive;

/// <summary>
/// How batches arrive over HTTP: what a protocol reads of a request, and how it responds. A protocol is a folder with this and whatever else it needs, and a
/// <see cref="BatchRoute"/>; <see cref="BatchEndpoint"/> does what all protocols share. Thread safe.
/// </summary>
internal interface IBatchProtocol
{
    /// <summary>Reads the token of a request, which needs the scope to ingest.</summary>
    TokenCheck Authenticate(HttpRequest request, ProjectDirectory projects);

    /// <summary>Reads headers and query. Returns why the request is refused; null when it goes on.</summary>
    IngestProblem? TryBegin(HttpRequest request, AuthenticatedProject project, out IBatchRequest? push);

    /// <summary>Writes that the token doesn't grant what the request needs.</summary>
    Task RefuseAsync(HttpContext context, TokenOutcome outcome);

    /// <summary>Writes why the request is refused, before there is an <see cref="IBatchRequest"/>.</summary>
    Task RefuseAsync(HttpContext context, IngestProblem problem);
}

/// <summary>A path whose POST requests a protocol takes.</summary>
/// <param name="Path">The path.</param>
/// <param name="Find">Finds the protocol; called for each request.</param>
internal sealed record BatchRoute(string Path, Func<IServiceProvider, IBatchProtocol> Find)
{
    /// <summary>Whether it is no endpoint of HTTP that the OpenAPI document could describe.</summary>
    public bool IsRemoteCall { get; init; }
}

/// <summary>An endpoint that a protocol has beside its pushes: what its clients ask before they push.</summary>
/// <param name="Methods">The methods; none for every method.</param>
/// <param name="Path">The path.</param>
/// <param name="Respond">Writes the response.</param>
internal sealed record SideRoute(IReadOnlyList<string> Methods, string Path, RequestDelegate Respond);

/// <summary>How large a body may be, as sent and inflated, with the names of the options that say so.</summary>
internal sealed record BodyLimits(long SentBytes, string SentOption, long InflatedBytes, string InflatedOption)
{
    /// <summary>The limits when nothing is configured.</summary>
    public static BodyLimits Default { get; } = Of(new IngestOptions());

    public static BodyLimits Of(IngestOptions options) =>
        new(options.MaxRequestBytes, "Ingest:MaxRequestBytes", options.MaxInflatedBytes, "Ingest:MaxInflatedBytes");

    public IngestProblem SentTooLarge { get; } = new(
        StatusCodes.Status413PayloadTooLarge, $"The body is larger than {SentOption} = {ByteSize.Format(SentBytes)}. Split the batch.");

    public IngestProblem InflatedTooLarge { get; } = new(
        StatusCodes.Status413PayloadTooLarge, $"The inflated body is larger than {InflatedOption} = {ByteSize.Format(InflatedBytes)}. Split the batch.");
}

/// <summary>What makes a push a repeat of another.</summary>
/// <param name="Key">The idempotency key.</param>
/// <param name="Window">How long the key is remembered, where that is shorter than <c>Ingest:IdWindow</c>.</param>
internal readonly record struct ResendKey(IdempotencyKey Key, TimeSpan? Window = null);

/// <summary>How a body is compressed on its way (RFC 9110 §8.4.1).</summary>
internal enum BodyEncoding : byte
{
    Identity,
    Gzip,
    Brotli,

    /// <summary>zlib (RFC 1950), as the RFC has it; bare deflate data, which many send under this name, are taken too.</summary>
    Deflate,
}

/// <summary>Names of <see cref="BodyEncoding"/>.</summary>
internal static class BodyEncodings
{
    /// <summary>The encoding that a header names; null when it is none, or more than one.</summary>
    public static BodyEncoding? Find(StringValues header) => header.ToString().Trim().ToLowerInvariant() switch
    {
        "" or "identity" => BodyEncoding.Identity,
        "gzip" or "x-gzip" => BodyEncoding.Gzip,
        "br" => BodyEncoding.Brotli,
        "deflate" => BodyEncoding.Deflate,
        _ => null,
    };
}

/// <summary>Why a whole batch can't be taken: the agent should not send it again (400).</summary>
/// <param name="Detail">A sentence for the response.</param>
/// <param name="ByteOffset">Where in the inflated body the trouble was found, where that can be said.</param>
/// <param name="Field">The envelope key, kind or <c>kind.field</c> concerned, when it is one.</param>
internal sealed record DecodeError(string Detail, long? ByteOffset, string? Field);
