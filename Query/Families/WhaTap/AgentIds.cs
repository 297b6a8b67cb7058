using System.Globalization;

namespace TimeSeries.Query.Families.WhaTap;

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
