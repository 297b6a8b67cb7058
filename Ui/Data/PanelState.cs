namespace TimeSeries.Ui.Data;

/// <summary>What a part of a view shows.</summary>
public enum PanelState
{
    Loading,
    Failed,
    Empty,
    Filled,
}
