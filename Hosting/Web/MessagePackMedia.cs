using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TimeSeries.Hosting.Web;

/// <summary>The media types of MessagePack, and whether a client prefers it to JSON.</summary>
public static class MessagePackMedia
{
    /// <summary>The registered name, which responses have.</summary>
    public const string ContentType = "application/msgpack";

    public static bool Is(MediaTypeHeaderValue type) =>
        type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase)
        || type.MediaType.Equals("application/x-msgpack", StringComparison.OrdinalIgnoreCase)
        || type.MediaType.Equals("application/vnd.msgpack", StringComparison.OrdinalIgnoreCase);

    public static bool IsJson(MediaTypeHeaderValue type) => type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether Accept names MessagePack with a quality above 0 that is not below JSON's. Without that, the response is JSON.</summary>
    public static bool IsPreferred(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? types))
        {
            return false;
        }

        double messagePack = 0;
        double json = 0;
        foreach (MediaTypeHeaderValue type in types)
        {
            double quality = type.Quality ?? 1;
            messagePack = Is(type) ? Math.Max(messagePack, quality) : messagePack;
            json = IsJson(type) ? Math.Max(json, quality) : json;
        }

        return messagePack > 0 && messagePack >= json;
    }
}
