// A page that cannot be loaded or drawn says so in its place; what stands around it stays.
import { Component, type ReactNode } from "react";
import { Failed } from "~/ui/states";

interface BoundaryProps {
  /** Prepares another try. */
  again: () => void;
  children: ReactNode;
}

export class Boundary extends Component<BoundaryProps, { error: Error | null }> {
  override state = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const retry = () => {
      this.props.again();
      this.setState({ error: null });
    };
    return <Failed error={error} retry={retry} />;
  }
}
