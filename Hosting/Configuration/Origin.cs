namespace TimeSeries.Hosting.Configuration;

/// <summary>Origins as browsers send them (RFC 6454 §6.1): scheme, host, and the port unless it is the scheme's own.</summary>
internal static class Origin
{
    /// <summary>Every origin.</summary>
    public const string Any = "*";

    /// <summary>An origin as browsers write it; null when no browser can mean the text.</summary>
    public static string? Normalize(string text)
    {
        if (text == Any)
        {
            return Any;
        }

        // What separates origins by mistake is part of a host to the parser.
        bool isOne = text.IndexOfAny([' ', '\t', ';', '|', '*']) < 0;
        return isOne && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
            && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "", Host.Length: > 0 }
                ? $"{uri.Scheme}://{HostOf(uri)}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}"
                : null;
    }

    private static string HostOf(Uri uri) => uri.HostNameType == UriHostNameType.Dns ? uri.IdnHost : uri.Host;
}
