using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TimeSeries.Alerting.Rules;

/// <summary>Reads rules from JSON and writes them. What a rule asks is checked by whoever runs its queries.</summary>
internal static partial class RuleFormat
{
    private const int MostBy = 3;
    private const int MostWhere = 32;
    private const int TemplateBytes = 4_096;

    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private static readonly string[] _fields =
    [
        "name", "enabled", "query", "condition", "for", "keepFiringFor", "every", "noData", "severity", "source", "title", "description", "labels",
        "annotations",
    ];

    private static readonly string[] _storedFields = [.. _fields, "revision", "changedAt"];

    /// <summary>Reads a rule.</summary>
    /// <param name="element">The rule.</param>
    /// <param name="name">The name that the rule has where it stands, which the rule itself may leave out.</param>
    /// <exception cref="DefinitionException">It breaks the format.</exception>
    public static AlertRule Read(JsonElement element, string? name) => Read(new JsonFields(element, "", _fields), name);

    /// <summary>
    /// Reads a rule from its file. One that somebody wrote has no revision; it gets one from what it says, so that a file which says something else is another.
    /// </summary>
    /// <exception cref="DefinitionException">It breaks the format.</exception>
    public static StoredRule ReadStored(JsonElement element, string name, long pcode)
    {
        JsonFields fields = new(element, "", _storedFields);
        AlertRule rule = Read(fields, name);
        int revision = (int)fields.Whole("revision", 0, 0, int.MaxValue);
        return new StoredRule(pcode, rule, revision > 0 ? revision : RevisionOf(rule), fields.Whole("changedAt", 0, 0, long.MaxValue));
    }

    /// <summary>The bytes of a rule's file.</summary>
    public static byte[] WriteStored(StoredRule stored) => Write(stored.Rule, json =>
    {
        json.WriteNumber("revision", stored.Revision);
        json.WriteNumber("changedAt", stored.ChangedAt);
    });

    /// <summary>Whether two rules say the same.</summary>
    public static bool AreEqual(AlertRule left, AlertRule right) => Write(left).AsSpan().SequenceEqual(Write(right));

    private static byte[] Write(AlertRule rule, Action<Utf8JsonWriter>? extend = null)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            WriteFields(json, rule);
            extend?.Invoke(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static int RevisionOf(AlertRule rule) => 1 + (int)(System.IO.Hashing.Crc32.HashToUInt32(Write(rule)) >> 2);

    private static AlertRule Read(JsonFields fields, string? name)
    {
        string own = fields.Text("name") ?? name ?? throw new DefinitionException("name is needed.");
        CheckName(own);
        if (name is not null && own != name)
        {
            throw new DefinitionException($"name must be \"{name}\", as in the path, or be left out.");
        }

        RuleQuery query = ReadQuery(fields.Require("query"));
        AlertRule rule = new()
        {
            Name = own,
            Enabled = fields.Flag("enabled", byDefault: true),
            Query = query,
            Condition = ReadCondition(fields.Require("condition")),
            For = fields.Duration("for", TimeSpan.Zero, TimeSpan.Zero, 7 * _day),
            KeepFiringFor = fields.Duration("keepFiringFor", TimeSpan.Zero, TimeSpan.Zero, 7 * _day),
            Every = fields.Duration("every", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
            NoData = fields.Word("noData", AbsenceAction.Resolve),
            Severity = fields.Word("severity", AlertSeverity.Warning),
            Source = fields.Text("source", TemplateBytes) is { Length: > 0 } source ? source : query.By.Length > 0 ? $"{{{query.By[0]}}}" : "{rule}",
            Title = fields.Text("title", TemplateBytes) is { Length: > 0 } title ? title : "{rule}",
            Description = fields.Text("description", TemplateBytes) ?? "",
            Labels = fields.Map("labels"),
            Annotations = fields.Map("annotations"),
        };
        Check(rule);
        return rule;
    }

    /// <summary>Checks the name of a rule, silence or receiver, which is a file's name too.</summary>
    public static void CheckName(string name)
    {
        if (!Name().IsMatch(name))
        {
            throw new DefinitionException(
                $"name must have 1 to 64 of a-z 0-9 - _ . and begin with a letter or digit, found \"{RuleTemplate.Cut(name, 80)}\".");
        }
    }

    /// <summary>Writes the fields of a rule into the object that is open.</summary>
    public static void WriteFields(Utf8JsonWriter json, AlertRule rule)
    {
        json.WriteString("name", rule.Name);
        json.WriteBoolean("enabled", rule.Enabled);
        json.WriteStartObject("query");
        json.WriteString("kind", rule.Query.Kind);
        json.WriteString("measure", rule.Query.Measure);
        WriteTexts(json, "by", rule.Query.By);
        WriteTexts(json, "where", rule.Query.Where);
        json.WriteString("window", JsonFields.Format(rule.Query.Window));
        json.WriteNumber("minCount", rule.Query.MinCount);
        json.WriteEndObject();
        WriteCondition(json, rule.Condition);
        json.WriteString("for", JsonFields.Format(rule.For));
        json.WriteString("keepFiringFor", JsonFields.Format(rule.KeepFiringFor));
        json.WriteString("every", JsonFields.Format(rule.Every));
        json.WriteString("noData", rule.NoData switch { AbsenceAction.Keep => "keep", AbsenceAction.Alert => "alert", _ => "resolve" });
        json.WriteString("severity", rule.Severity.ToString());
        json.WriteString("source", rule.Source);
        json.WriteString("title", rule.Title);
        json.WriteString("description", rule.Description);
        WriteMap(json, "labels", rule.Labels);
        WriteMap(json, "annotations", rule.Annotations);
    }

    public static void WriteMap(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> map)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in map)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static RuleQuery ReadQuery(JsonElement element)
    {
        JsonFields fields = new(element, "query", "kind", "measure", "by", "where", "window", "minCount");
        ImmutableArray<string> by = fields.Texts("by");
        ImmutableArray<string> where = fields.Texts("where");
        return by.Length > MostBy ? throw new DefinitionException($"query.by must have at most {MostBy} fields.")
            : by.Distinct().Count() < by.Length ? throw new DefinitionException("query.by names a field twice.")
            : where.Length > MostWhere ? throw new DefinitionException($"query.where must have at most {MostWhere} conditions.")
            : new RuleQuery
            {
                Kind = fields.RequireText("kind"),
                Measure = fields.RequireText("measure"),
                By = by,
                Where = where,
                Window = fields.Find("window") is null
                    ? throw new DefinitionException("query.window is needed, like 5m.")
                    : fields.Duration("window", default, TimeSpan.FromSeconds(10), _day),
                MinCount = fields.Whole("minCount", 1, 1, long.MaxValue),
            };
    }

    private static RuleCondition ReadCondition(JsonElement element)
    {
        JsonFields fields = new(element, "condition", "operator", "threshold", "resolveThreshold");
        string sign = fields.RequireText("operator");
        RuleOperator @operator = RuleOperators.Find(sign)
            ?? throw new DefinitionException($"condition.operator must be one of {RuleOperators.All}, found \"{RuleTemplate.Cut(sign, 80)}\".");
        JsonElement threshold = fields.Require("threshold");
        double? resolve = fields.Number("resolveThreshold");
        if (threshold.ValueKind == JsonValueKind.Object)
        {
            return resolve is null
                ? new RuleCondition { Operator = @operator, Baseline = ReadBaseline(threshold) }
                : throw new DefinitionException("condition.resolveThreshold can't be with a baseline.");
        }

        double bound = fields.Number("threshold")!.Value;
        string? wrong = resolve is null ? null
            : RuleOperators.IsUpper(@operator) ? resolve <= bound ? null : "at most the threshold with > and >="
            : RuleOperators.IsLower(@operator) ? resolve >= bound ? null : "at least the threshold with < and <="
            : "absent with == and !=";
        return wrong is null
            ? new RuleCondition { Operator = @operator, Threshold = bound, ResolveThreshold = resolve ?? bound }
            : throw new DefinitionException($"condition.resolveThreshold must be {wrong}.");
    }

    private static Baseline ReadBaseline(JsonElement element)
    {
        JsonFields fields = new(element, "condition.threshold", "baseline", "factor", "minDays");
        TimeSpan days = fields.Find("baseline") is null
            ? throw new DefinitionException("condition.threshold.baseline is needed, like 7d.")
            : fields.Duration("baseline", default, _day, 31 * _day);
        double factor = fields.Number("factor") ?? throw new DefinitionException("condition.threshold.factor is needed, like 1.5.");
        int count = (int)days.TotalDays;
        return days.Ticks % TimeSpan.TicksPerDay != 0 ? throw new DefinitionException("condition.threshold.baseline must be whole days from 1d to 31d.")
            : factor <= 0 ? throw new DefinitionException("condition.threshold.factor must be greater than 0.")
            : new Baseline(count, factor, (int)fields.Whole("minDays", Math.Min(3, count), 1, count));
    }

    private static void Check(AlertRule rule)
    {
        foreach ((string field, string template) in (ReadOnlySpan<(string, string)>)
            [("source", rule.Source), ("title", rule.Title), ("description", rule.Description)])
        {
            if (RuleTemplate.FindUnknown(template, rule.Query.By) is { } name)
            {
                string there = string.Join(", ", [.. RuleTemplate.Names, .. rule.Query.By]);
                throw new DefinitionException($"{field}: there is no {{{name}}}; there are {there}.");
            }
        }

        string? taken = rule.Labels.Keys.FirstOrDefault(label => label is "rule" or "state" || rule.Query.By.Contains(label));
        if (taken is not null)
        {
            throw new DefinitionException($"labels: \"{taken}\" is set by the rule itself.");
        }

        taken = rule.Annotations.Keys.FirstOrDefault(OwnAnnotations.Contains);
        if (taken is not null)
        {
            throw new DefinitionException($"annotations: \"{taken}\" is set by the rule itself.");
        }
    }

    /// <summary>The annotations that an alert gets beside its rule's.</summary>
    public static ImmutableArray<string> OwnAnnotations { get; } = ["value", "pendingSince", "firingSince", "reason", "silencedBy", "group"];

    private static void WriteCondition(Utf8JsonWriter json, RuleCondition condition)
    {
        json.WriteStartObject("condition");
        json.WriteString("operator", RuleOperators.SignOf(condition.Operator));
        if (condition.Baseline is { } baseline)
        {
            json.WriteStartObject("threshold");
            json.WriteString("baseline", string.Create(CultureInfo.InvariantCulture, $"{baseline.Days}d"));
            json.WriteNumber("factor", baseline.Factor);
            json.WriteNumber("minDays", baseline.MinDays);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNumber("threshold", condition.Threshold);
            if (!condition.ResolveThreshold.Equals(condition.Threshold))
            {
                json.WriteNumber("resolveThreshold", condition.ResolveThreshold);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9\-_.]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
