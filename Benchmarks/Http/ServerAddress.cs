using System.Net;

namespace TimeSeries.Benchmarks.Http;

/// <summary>Where batches are pushed to.</summary>
internal sealed record ServerAddress(string Host, int Port, string Path)
{
    private const string BatchPath = "/ingest/v1/batch";

    /// <summary>What stands in the request's Host header.</summary>
    public string Authority => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    public override string ToString() => Of(Path);

    /// <summary>The address of another path with its query on the same server.</summary>
    public string Of(string path) => $"http://{Authority}{path}";

    /// <summary>Reads an address such as <c>http://127.0.0.1:5080</c>; a path in it replaces the contract's. Null, with the reason, when it is none.</summary>
    public static ServerAddress? Parse(string text, out string reason)
    {
        reason = "";
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.HostNameType == UriHostNameType.Unknown || uri.Host.Length == 0)
        {
            reason = $"'{text}' is no address; expected one such as http://127.0.0.1:5080.";
            return null;
        }

        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            reason = $"'{text}' is not http: encryption would measure something else than the server.";
            return null;
        }

        return new ServerAddress(uri.DnsSafeHost, uri.Port, uri.PathAndQuery == "/" ? BatchPath : uri.PathAndQuery);
    }

    /// <summary>The end point to connect to.</summary>
    public EndPoint EndPoint => IPAddress.TryParse(Host, out IPAddress? address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);
}
