using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Times;

namespace TimeSeries.Query.Families.Ncp;

/// <summary>A search for events: the body of the request. Unknown fields are ignored.</summary>
/// <param name="Zone">The clock that days and times are told by.</param>
/// <param name="Query">The query of the store.</param>
internal sealed record NcpEventSearch(ZoneOffset Zone, ListQuery Query)
{
    /// <summary>The fields of an event in the query.</summary>
    public const int Level = 0;
    public const int Type = 1;
    public const int Message = 2;

    private const long DefaultLimit = 20;

    // The vendor sets no bound; a response with more rows is nobody's page.
    private const long MaxRows = 10_000;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Event);
    private static readonly int _level = _schema.Ordinal("level");
    private static readonly int _type = _schema.Ordinal("type");

    /// <summary>Reads a body.</summary>
    /// <returns>The search; or a sentence that names the field that is wrong.</returns>
    public static (NcpEventSearch? Search, string Refusal) Read(JsonElement body, long pcode)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return (null, "The body must be a JSON object.");
        }

        ZoneOffset zone = default;
        DateOnly from = default;
        DateOnly to = default;
        long offset = 0;
        long limit = DefaultLimit;
        ImmutableArray<Filter> filters = [];
        string? refusal = ReadZone(body, ref zone)
            ?? ReadDay(body, "from", ref from)
            ?? ReadDay(body, "to", ref to)
            ?? (from > to ? "from must not be after to." : null)
            ?? ReadWhole(body, "offset", 0, ref offset)
            ?? ReadWhole(body, "limit", 1, ref limit)
            ?? (offset > long.MaxValue - limit ? "offset and limit together must not exceed 9223372036854775807." : null)
            ?? ReadCodes(body, _level, ref filters)
            ?? ReadCodes(body, _type, ref filters);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        ListQuery query = new()
        {
            Pcode = pcode,
            Kind = Kind.Event,
            Range = zone.Days(from, to),
            Filters = filters,
            Fields = [_level, _type, _schema.Ordinal("message")],
            Order = ListOrder.FirstArrivalFirst,
            Offset = offset,
            Limit = (int)Math.Min(limit, MaxRows),
            CountTotal = true,
        };
        return (new NcpEventSearch(zone, query), "");
    }

    private static string? ReadZone(JsonElement body, ref ZoneOffset zone) =>
        !TryFind(body, "timeZone", out JsonElement value) ? "timeZone is required."
        : value.ValueKind != JsonValueKind.String || !ZoneOffset.TryParse(value.GetString()!, out zone) ? Wrong("timeZone", "Z or an offset like +09:00", value)
        : null;

    private static string? ReadDay(JsonElement body, string name, ref DateOnly day) =>
        !TryFind(body, name, out JsonElement value) ? $"{name} is required."
        : value.ValueKind != JsonValueKind.String
            || !DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
                ? Wrong(name, "a day like 2024-05-08", value)
        : null;

    private static string? ReadWhole(JsonElement body, string name, long least, ref long number) =>
        !TryFind(body, name, out JsonElement value) ? null
        : value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out number) || number < least
            ? Wrong(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {long.MaxValue}"), value)
        : null;

    private static string? ReadCodes(JsonElement body, int field, ref ImmutableArray<Filter> filters)
    {
        Field declared = _schema.Fields[field];
        if (!TryFind(body, declared.Name, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return Wrong(declared.Name, "a list", value);
        }

        List<string> codes = [];
        foreach (JsonElement code in value.EnumerateArray())
        {
            if (code.ValueKind != JsonValueKind.String || !declared.Allowed.Contains(code.GetString()!))
            {
                return Wrong(declared.Name, $"a list of {string.Join(", ", declared.Allowed)}", code);
            }

            codes.Add(code.GetString()!);
        }

        if (codes.Count > 0)
        {
            filters = filters.Add(Filter.OfTexts(field, FilterOperator.AnyOf, [.. codes.Distinct()]));
        }

        return null;
    }

    // A null says as much as nothing.
    private static bool TryFind(JsonElement body, string name, out JsonElement value) =>
        body.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string Wrong(string name, string wanted, JsonElement found) => $"{name} must be {wanted}, found {Shorten(found.GetRawText())}.";

    private static string Shorten(string text)
    {
        const int Enough = 100;
        return text.Length <= Enough ? text : text[..Enough] + "…";
    }
}
