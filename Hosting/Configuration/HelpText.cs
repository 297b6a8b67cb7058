using System.ComponentModel;
using System.Globalization;
using System.Text;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Hosting.Configuration;

/// <summary>The text of <c>--help</c>: every option with its default and one line.</summary>
internal static class HelpText
{
    private const int GroupKeys = 44;

    public static string Of(string host, IEnumerable<OptionsSection> sections, params IEnumerable<HostCommand> commands)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{host}")
            .AppendLine()
            .AppendLine("Options stand on the command line (--Storage:Directory=/data), in the environment (Storage__Directory) or in appsettings.json.")
            .AppendLine();
        AddLine(text, "--help, -h", "this text");
        AddLine(text, "--version", "the version");
        AddLine(text, "--urls=http://127.0.0.1:5080", "addresses to listen on");
        AddLine(text, "--influx-env=<file>", "settings of InfluxDB; without it influx.env in the working directory, then upwards");
        foreach (HostCommand command in commands)
        {
            text.AppendLine();
            AddLine(text, command.Name, command.Description);
        }

        foreach (OptionsSection section in sections)
        {
            text.AppendLine();
            AddOptions(text,
                OptionsSection.ElementOf(section.List?.PropertyType ?? section.Type) ?? section.Type,
                section.List is null ? section.Name : section.Name + ":0");
        }

        return text.ToString();
    }

    private static void AddOptions(StringBuilder text, Type type, string path)
    {
        object defaults = Activator.CreateInstance(type)!;
        foreach (PropertyDescriptor property in TypeDescriptor.GetProperties(type))
        {
            string key = $"{path}:{property.Name}";
            Type? element = OptionsSection.ElementOf(property.PropertyType);
            if (element is null && property.PropertyType is { IsClass: true } nested && nested != typeof(string))
            {
                AddOptions(text, nested, key);
            }
            else if (element is null)
            {
                AddLine(text, $"--{key}={property.Converter.ConvertToInvariantString(property.GetValue(defaults))}", property.Description);
            }
            else if (element.IsValueType || element == typeof(string))
            {
                bool isByName = property.PropertyType.IsAssignableFrom(typeof(Dictionary<string, string>));
                AddLine(text, element.IsValueType ? $"--{key}:<kind>=" : isByName ? $"--{key}:<field>=" : $"--{key}=", property.Description);
            }
            else
            {
                AddOptions(text, element, key + ":0");
            }
        }
    }

    private static void AddLine(StringBuilder text, string option, string meaning) =>
        text.Append("  ").Append(option.PadRight(GroupKeys)).Append(' ').AppendLine(meaning);
}
