using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Families;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api;

/// <summary>The parameters of a request under <c>/api/v1</c>. Of a name that is there twice the first counts, except where many are meant.</summary>
internal sealed class ApiParameters(HttpRequest request)
{
    public HttpRequest Request => request;

    /// <summary>What is wrong when there is a parameter beside these; null when there is none.</summary>
    public string? FindUnknown(params ImmutableArray<string> known) => UnknownParameters.Find(request.Query, known)?.Sentence;

    /// <summary>A parameter; null when it is absent or empty.</summary>
    public string? Find(string name) => request.Query.TryGetValue(name, out StringValues values) && values is [{ Length: > 0 } first, ..] ? first : null;

    /// <summary>Every value of a parameter that may be repeated.</summary>
    public IEnumerable<string> All(string name) => request.Query[name].Select(value => value ?? "");

    /// <summary>The parts of a list with commas, without blanks around them; none when it is absent.</summary>
    public string[] List(string name) => Find(name)?.Split(',', StringSplitOptions.TrimEntries) ?? [];

    /// <summary>Reads the kind; or what is wrong with it.</summary>
    public string? TryReadKind(out KindSchema? kind)
    {
        string? name = Find("kind");
        kind = name is null ? null : SampleSchema.Find(name);
        if (kind is not null)
        {
            return null;
        }

        string names = string.Join(", ", SampleSchema.All.Select(schema => schema.Name));
        return name is null ? $"kind is needed, one of {names}." : $"There is no kind \"{name}\"; there are {names}.";
    }

    /// <summary>Reads the limit of rows; or what is wrong with it.</summary>
    public string? TryReadLimit(int byDefault, long most, out int limit)
    {
        limit = (int)Math.Min(byDefault, most);
        if (Find("limit") is not { } text)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long rows) || rows == 0 || rows > most)
        {
            return string.Create(CultureInfo.InvariantCulture, $"limit must be a whole number from 1 to {most}, found \"{text}\".");
        }

        limit = (int)Math.Min(rows, int.MaxValue);
        return null;
    }

    /// <summary>Reads the format of the response, which the header Accept chooses when the query string does not; or what is wrong with it.</summary>
    public string? TryReadFormat(out ResponseFormat format)
    {
        string? text = Find("format");
        format = text switch
        {
            null => ValueResponse.AcceptedFormat(request),
            "csv" => ResponseFormat.Csv,
            "ndjson" => ResponseFormat.Lines,
            _ => ResponseFormat.Json,
        };
        return text is null or "json" or "csv" or "ndjson" ? null : $"There is no format \"{text}\"; there are json, csv, ndjson.";
    }
}
