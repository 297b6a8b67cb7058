using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>Alerts themselves: a page of the history, newest first, then by id; or one of them with its annotations.</summary>
internal static class AlertRecords
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);

    // In the order of At.
    private static readonly ImmutableArray<int> _fields =
    [
        _schema.Ordinal("id"), KindSchema.Time, _schema.Ordinal("severity"), _schema.Ordinal("source"), _schema.Ordinal("title"),
        _schema.Ordinal("description"), _schema.Ordinal("labels"), _schema.Ordinal("annotations"),
    ];

    private static readonly ImmutableArray<string> _columns = ["id", "timestamp", "severity", "source", "title", "description", "labels", "annotations"];

    // The index of each field in the queries below.
    private enum At
    {
        Id, Time, Severity, Source, Title, Description, Labels, Annotations,
    }

    public static ListQuery AskPage(long pcode, TimeRange range, ImmutableArray<Filter> filters, int page, int pageSize) => new()
    {
        Pcode = pcode,
        Kind = Kind.Alert,
        Range = range,
        Filters = filters,
        Fields = _fields[..(int)At.Annotations],
        Order = ListOrder.ById,
        Offset = (page - 1L) * pageSize,
        Limit = pageSize,
        CountTotal = true,
    };

    public static ListQuery AskOne(long pcode, Guid id) => new()
    {
        Pcode = pcode,
        Kind = Kind.Alert,
        Range = TimeRange.All,
        Filters = [Filter.OfTexts(_schema.Ordinal("id"), FilterOperator.AnyOf, id.ToString("D"))],
        Fields = _fields,
        Order = ListOrder.ById,
        Limit = 1,
    };

    public static async ValueTask WritePageAsync(HttpContext context, SampleList list, int page, int pageSize)
    {
        await using JsonResponse answer = await JsonResponse.StartAsync(context);
        Utf8JsonWriter json = answer.Json;
        json.WriteStartObject();
        json.WriteStartArray("records"u8);
        for (int row = 0; row < list.RowCount; row++)
        {
            json.WriteStartObject();
            WriteFields(json, list, row);
            json.WriteEndObject();
            await answer.FlushWhenFullAsync();
        }

        json.WriteEndArray();
        json.WriteNumber("totalCount"u8, list.Total);
        json.WriteNumber("page"u8, page);
        json.WriteNumber("pageSize"u8, pageSize);
        json.WriteNumber("totalPages"u8, Pages(list.Total, pageSize));
        json.WriteEndObject();
    }

    /// <summary>Writes a page as CSV; what JSON says around its records stands in headers.</summary>
    public static async ValueTask WritePageCsvAsync(HttpContext context, SampleList list, int page, int pageSize)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["x-total-count"] = list.Total.ToString(CultureInfo.InvariantCulture);
        headers["x-page"] = page.ToString(CultureInfo.InvariantCulture);
        headers["x-page-size"] = pageSize.ToString(CultureInfo.InvariantCulture);
        headers["x-total-pages"] = Pages(list.Total, pageSize).ToString(CultureInfo.InvariantCulture);
        await WriteCsvAsync(context, list, (int)At.Annotations);
    }

    public static async ValueTask WriteOneAsync(HttpContext context, SampleList list)
    {
        await using JsonResponse answer = await JsonResponse.StartAsync(context);
        Utf8JsonWriter json = answer.Json;
        json.WriteStartObject();
        WriteFields(json, list, 0);
        if (!list.IsMissing(0, (int)At.Annotations))
        {
            WriteMap(json, "annotations"u8, list.Text(0, (int)At.Annotations));
        }

        json.WriteEndObject();
    }

    public static ValueTask WriteOneCsvAsync(HttpContext context, SampleList list) => WriteCsvAsync(context, list, _columns.Length);

    private static void WriteFields(Utf8JsonWriter json, SampleList list, int row)
    {
        json.WriteString("id"u8, list.Text(row, (int)At.Id));
        json.WriteString("timestamp"u8, AlertMoment.Format(list.Number(row, (int)At.Time)));
        json.WriteString("severity"u8, list.Text(row, (int)At.Severity));
        json.WriteString("source"u8, list.Text(row, (int)At.Source));
        json.WriteString("title"u8, list.Text(row, (int)At.Title));
        json.WriteString("description"u8, list.Text(row, (int)At.Description));
        WriteMap(json, "labels"u8, Labels(list, row));
    }

    private static async ValueTask WriteCsvAsync(HttpContext context, SampleList list, int columns)
    {
        await using CsvResponse csv = await AlertCsv.StartAsync(context, _columns[..columns]);
        for (int row = 0; row < list.RowCount; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                AddField(csv, list, row, (At)column);
            }

            await csv.EndLineAsync();
        }
    }

    private static void AddField(CsvResponse csv, SampleList list, int row, At field)
    {
        switch (field)
        {
            case At.Time:
                csv.WriteText(AlertMoment.Format(list.Number(row, (int)field)));
                break;
            case At.Labels:
                csv.Write(Cell.Object(Labels(list, row)));
                break;
            default:
                csv.Write(Cell.Text(list.Text(row, (int)field)));
                break;
        }
    }

    // Maps are kept as JSON already.
    private static void WriteMap(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> map)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(map, skipInputValidation: true);
    }

    private static ReadOnlySpan<byte> Labels(SampleList list, int row) => list.IsMissing(row, (int)At.Labels) ? "{}"u8 : list.Text(row, (int)At.Labels);

    private static long Pages(long total, int pageSize) => (total + pageSize - 1) / pageSize;
}
