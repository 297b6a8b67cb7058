using System.Globalization;
using System.Text;

namespace TimeSeries.Agent.Texts;

/// <summary>Paths and addresses, as they are stored.</summary>
internal static class UrlText
{
    private const int LongHexadecimal = 16;
    private const string Id = "{id}";

    /// <summary>A path whose segments that are numbers, UUIDs or long hexadecimal texts become <c>{id}</c>; without query and fragment.</summary>
    public static string Collapse(string path)
    {
        int end = path.AsSpan().IndexOfAny('?', '#');
        ReadOnlySpan<char> whole = end < 0 ? path : path.AsSpan(0, end);
        bool changes = end >= 0;
        foreach (Range segment in whole.Split('/'))
        {
            changes |= IsId(whole[segment]);
        }

        if (!changes)
        {
            return path.Length == 0 ? "/" : path;
        }

        StringBuilder text = new(whole.Length);
        foreach (Range segment in whole.Split('/'))
        {
            text.Append(segment.Start.Value == 0 ? "" : "/").Append(IsId(whole[segment]) ? Id : whole[segment]);
        }

        return text.Length == 0 ? "/" : text.ToString();
    }

    /// <summary>The path of a URL, without the rest.</summary>
    public static string PathOf(string url)
    {
        int authority = url.IndexOf("://", StringComparison.Ordinal);
        int path = authority < 0 ? 0 : url.IndexOf('/', authority + 3);
        return path < 0 ? "/" : url[path..];
    }

    /// <summary>Host and port of a URL; the port of its scheme where it names none.</summary>
    public static (string? Host, int Port) AuthorityOf(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) ? (parsed.Host, Math.Max(parsed.Port, 0)) : (null, 0);

    /// <summary>A route with a slash before it.</summary>
    public static string WithSlash(string route) => route.StartsWith('/') ? route : "/" + route;

    /// <summary>The address of a database: <c>system://host:port/name</c>, without user and password; only the system when nothing else is known.</summary>
    public static string? Database(string? system, string? host, int port, string? name)
    {
        if (system is null || (host ?? name) is null)
        {
            return system;
        }

        // A data source of SqlClient: tcp:db1,1433.
        string address = host ?? "";
        if (address.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase))
        {
            address = address[4..];
        }

        address = address.Replace(',', ':');
        return $"{system}://{address}{(port > 0 ? ":" + port.ToString(CultureInfo.InvariantCulture) : "")}{(string.IsNullOrEmpty(name) ? "" : "/" + name)}";
    }

    private static bool IsId(ReadOnlySpan<char> segment) =>
        !segment.IsEmpty
        && (!segment.ContainsAnyExceptInRange('0', '9')
            || (segment.Length >= LongHexadecimal && IsHexadecimal(segment))
            || (segment.Length == 36 && Guid.TryParseExact(segment, "D", out _)));

    private static bool IsHexadecimal(ReadOnlySpan<char> segment)
    {
        foreach (char c in segment)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return true;
    }
}
