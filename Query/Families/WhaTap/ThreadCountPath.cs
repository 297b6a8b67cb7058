using System.Globalization;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>What a request for thread counts says, read from path and query string, not yet parsed; the path wins.</summary>
internal readonly record struct ThreadCountPath(string? StartTime, string? EndTime, bool IsMean, string? Agents)
{
    /// <summary>
    /// Reads <c>[/{stime}[/{etime}]][/avg][/{oids}]</c>: 13 digits are stime, then etime; a part is oids only behind etime or avg.
    /// Returns a sentence that says what is wrong, or null.
    /// </summary>
    public static string? TryRead(WhatapCall call, out ThreadCountPath path)
    {
        List<string> parts = call.Parts();
        int next = 0;
        string? stime = next < parts.Count && WhatapPeriod.IsTime(parts[next]) ? parts[next++] : null;
        string? etime = stime is not null && next < parts.Count && WhatapPeriod.IsTime(parts[next]) ? parts[next++] : null;
        bool avg = next < parts.Count && parts[next] == "avg";
        next += avg ? 1 : 0;
        string? oids = (avg || etime is not null) && next < parts.Count ? parts[next++] : null;
        path = new ThreadCountPath(
            stime ?? call.Parameter("stime"),
            etime ?? call.Parameter("etime"),
            avg || IsOn(call.Parameter("avg")),
            oids ?? call.Parameter("oids"));
        return next == parts.Count
            ? null
            : $"The path is [/{{stime}}[/{{etime}}]][/avg][/{{oids}}] with times of 13 digits, milliseconds expected, found \"{parts[next]}\".";
    }

    private static bool IsOn(string? avg) => avg is not null && avg != "0" && !avg.Equals("false", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The parameter <c>oids</c>: signed 32-bit integers, separated by commas.</summary>
internal static class AgentIds
{
    /// <summary>The ids of a text (none for null), or a sentence that says what is wrong.</summary>
    public static string? TryRead(string? text, out List<long> ids)
    {
        ids = [];
        if (text is null)
        {
            return null;
        }

        foreach (Range part in text.AsSpan().Split(','))
        {
            if (!int.TryParse(text.AsSpan()[part], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id))
            {
                return $"oids must be signed 32-bit integers separated by commas, found \"{text}\".";
            }

            ids.Add(id);
        }

        return null;
    }
}
