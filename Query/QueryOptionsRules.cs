using System.Globalization;
using Microsoft.Extensions.Options;

namespace TimeSeries.Query;

/// <summary>The rules that <see cref="QueryOptions"/> must keep. All that are broken are reported at once, each with key and value.</summary>
internal sealed class QueryOptionsRules : IValidateOptions<QueryOptions>
{
    private static readonly TimeSpan _longestTimeout = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, QueryOptions options)
    {
        List<string> broken = [];
        if (options.MaxRows < 1)
        {
            broken.Add(Text($"Query:MaxRows must be at least 1, found {options.MaxRows}."));
        }

        if (options.MaxGroups < 1)
        {
            broken.Add(Text($"Query:MaxGroups must be at least 1, found {options.MaxGroups}."));
        }

        if (options.Timeout <= TimeSpan.Zero || options.Timeout > _longestTimeout)
        {
            broken.Add(Text($"Query:Timeout must be more than 0 and at most {_longestTimeout}, found {options.Timeout}."));
        }

        if (options.Concurrency < 1)
        {
            broken.Add(Text($"Query:Concurrency must be at least 1, found {options.Concurrency}."));
        }

        if (!IsZone(options.TimeZone))
        {
            broken.Add($"Query:TimeZone must be Z or an offset like +09:00, found \"{options.TimeZone}\".");
        }

        return broken.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(broken);
    }

    private static bool IsZone(string zone) =>
        zone == "Z"
        || (zone.Length == 6 && zone[0] is '+' or '-'
            && TimeSpan.TryParseExact(zone.AsSpan(1), @"hh\:mm", CultureInfo.InvariantCulture, out TimeSpan offset)
            && offset <= TimeSpan.FromHours(14));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
