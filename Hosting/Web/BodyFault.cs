using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace TimeSeries.Hosting.Web;

/// <summary>
/// Why the body of a request could not be read to its end. The server throws exceptions of several types for it, some of which it throws elsewhere too: catch
/// them where the body is read.
/// </summary>
/// <param name="Status">400 where sending the same again does not help, 408 where it does, 413 where the body is too large.</param>
/// <param name="Detail">What is wrong, for the caller.</param>
public sealed record BodyFault(int Status, string Detail)
{
    /// <summary>When to send a body again that came too slowly: there is nothing to wait for.</summary>
    public const int RetrySeconds = 1;

    /// <summary>What an exception of reading the body means; null when it does not come from there.</summary>
    public static BodyFault? Of(Exception failure) => failure switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new(
            StatusCodes.Status408RequestTimeout, "The body came too slowly, or paused for too long (Http:MinBodyRate, Http:BodyPause). Send it again."),
        BadHttpRequestException bad => new(bad.StatusCode, bad.Message),
        ConnectionResetException or ConnectionAbortedException => new(StatusCodes.Status400BadRequest, "The connection was reset."),

        // The size of a chunk that is no number of 32 bits, say.
        IOException => new(StatusCodes.Status400BadRequest, failure.Message),
        _ => null,
    };

    /// <summary>Sets the header that tells when to send the same again, where a status is worth it.</summary>
    public static void SetRetry(HttpContext context, int status)
    {
        if (status == StatusCodes.Status408RequestTimeout)
        {
            context.Response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        }
    }
}
