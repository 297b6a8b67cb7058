using Microsoft.AspNetCore.Http.Features;

namespace TimeSeries.Query.Families;

/// <summary>
/// What a request line asks for, as it was sent: a slash or percent sign inside a part of a path survives only here, and signatures are made over it.
/// </summary>
internal static class RawRequestTarget
{
    /// <summary>The path and, with its question mark, the query string; of a whole URL, which clients send to a proxy, the part behind the host.</summary>
    public static string PathAndQuery(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (target.StartsWith('/'))
        {
            return target;
        }

        int authority = target.IndexOf("://", StringComparison.Ordinal);
        int start = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        return start >= 0
            ? target[start..]
            : context.Request.PathBase.Add(context.Request.Path).ToUriComponent() + context.Request.QueryString.ToUriComponent();
    }

    /// <summary>
    /// The parts of the path behind a prefix of so many parts, percent-decoded one by one, dots folded, without the empty part behind a trailing slash.
    /// </summary>
    public static List<string> PathParts(HttpContext context, int prefixParts)
    {
        List<string> parts = [];
        foreach (string sent in Path(context).Split('/').Skip(1))
        {
            string part = Uri.UnescapeDataString(sent);
            switch (part)
            {
                case ".":
                    break;
                case "..":
                    parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
                    break;
                default:
                    parts.Add(part);
                    break;
            }
        }

        if (parts is [.., ""])
        {
            parts.RemoveAt(parts.Count - 1);
        }

        int before = prefixParts + context.Request.PathBase.Value.AsSpan().Count('/');
        parts.RemoveRange(0, Math.Min(before, parts.Count));
        return parts;
    }

    private static string Path(HttpContext context)
    {
        string target = PathAndQuery(context);
        int end = target.IndexOf('?');
        return end < 0 ? target : target[..end];
    }
}
