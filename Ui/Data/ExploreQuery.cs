using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ui.Data;

/// <summary>The query that <c>/explore</c> shows, as its address says: parameters have the names and values of <c>/api/v1/aggregate</c>. Immutable.</summary>
/// <param name="view">The address.</param>
/// <param name="range">The times that it means now.</param>
internal sealed class ExploreQuery(PageView view, TimeRange range)
{
    /// <summary>What an address says in place of a window where there shall be none.</summary>
    public const string NoWindow = "none";

    public const string DefaultKind = "transaction";

    private const int Points = 240;

    // As many rows of windows and groups as a chart draws.
    private const string ChartLimit = "100000";

    public string KindName => view.Find("kind") is { Length: > 0 } kind ? kind : DefaultKind;

    /// <summary>The fields to choose from; those of the default where the address names no kind that there is.</summary>
    public KindSchema Schema => SampleSchema.Find(KindName) ?? SampleSchema.Find(DefaultKind)!;

    public IReadOnlyList<string> Measures => List("measures") is { Count: > 0 } measures ? measures : ["count"];

    public IReadOnlyList<string> By => List("by");

    /// <summary>Conditions as the API has them: <c>field:value</c>.</summary>
    public IReadOnlyList<string> Where => view.All("where");

    public IReadOnlyList<string> Order => List("order");

    public string Limit => view.Find("limit");

    /// <summary>The length of windows; empty where there are none.</summary>
    public string Window => view.Find("window") switch
    {
        "" => PageUrls.WindowOf(range, Points).Name,
        NoWindow => "",
        string window => window,
    };

    /// <summary>The columns of the response, by which rows can be ordered.</summary>
    public IReadOnlyList<string> Columns => [.. Window.Length > 0 ? ["time"] : Array.Empty<string>(), .. By, .. Measures];

    /// <summary>The measures to choose from, by what they are of. The fields that every kind has come last here and elsewhere.</summary>
    public IReadOnlyList<(string Group, IReadOnlyList<string> Names)> MeasureOptions =>
    [
        ("samples", FieldRules.Measures(Schema)),
        .. OwnFirst(FieldRules.IsNumber).Select(
            number => (number.Name, (IReadOnlyList<string>)[.. FieldRules.Functions(number).Select(function => $"{function}({number.Name})")])),
    ];

    /// <summary>The fields to make groups by.</summary>
    public IReadOnlyList<(string Group, IReadOnlyList<string> Names)> GroupOptions =>
        [("fields", [.. OwnFirst(FieldRules.IsGroupable).Select(key => key.Name)])];

    /// <summary>The columns that rows are not ordered by yet.</summary>
    public IReadOnlyList<(string Group, IReadOnlyList<string> Names)> OrderOptions =>
    [
        ("descending", [.. Unordered.Select(column => $"-{column}")]),
        ("ascending", [.. Unordered]),
    ];

    private IEnumerable<string> Unordered => Columns.Except(Order.Select(column => column.TrimStart('-')));

    /// <summary>The address of the API, relative to the page's base.</summary>
    /// <param name="isFixed">Whether times are moments, in place of those before now.</param>
    public string Url(bool isFixed) => Url(string.Join(',', Measures), Order, Limit, isFixed);

    /// <summary>The address of one measure's values for a chart: of all groups, unless a limit is chosen.</summary>
    public string ChartUrl(string measure) => Limit.Length > 0 ? Url(isFixed: false) : Url(measure, [], ChartLimit, isFixed: false);

    private string Url(string measures, IReadOnlyList<string> order, string limit, bool isFixed)
    {
        StringBuilder url = new("api/v1/aggregate?kind=");
        url.Append(Escape(KindName));
        bool isRelative = view.IsBeforeNow && !isFixed;
        url.Append(isRelative ? $"&from=-{view.Range}&to=now" : string.Create(CultureInfo.InvariantCulture, $"&from={range.From}&to={range.To}"));
        Add("window", Window);
        Add("by", string.Join(',', By));
        Add("measures", measures);
        foreach (string condition in PageUrls.Conditions(view))
        {
            Add("where", condition);
        }

        Add("order", string.Join(',', order));
        Add("limit", limit);
        return url.ToString();

        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                url.Append('&').Append(name).Append('=').Append(Escape(value));
            }
        }
    }

    private IEnumerable<Field> OwnFirst(Func<Field, bool> can) => Schema.Fields.Where(can).OrderBy(one => one.Ordinal <= KindSchema.Onode);

    // What a query string may have stays readable; none of it means anything to a shell in quotes, or to curl.
    private static string Escape(string text) => Uri.EscapeDataString(text)
        .Replace("%28", "(", StringComparison.Ordinal).Replace("%29", ")", StringComparison.Ordinal)
        .Replace("%2C", ",", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal);

    private List<string> List(string name) => [.. view.Find(name).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
