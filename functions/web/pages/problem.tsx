import { Door } from '../look/layout.tsx';

/** A request that could not be done: what happened, and the way on. */
export function ProblemPage({
  status,
  title,
  detail,
  back,
}: {
  status: number;
  title: string;
  detail: string;
  /** A path of ours. */
  back?: string;
}) {
  return (
    <Door title={title}>
      <h1>{title}</h1>
      <p>{detail}</p>
      {status >= 500 && (
        <p class="pencil">
          It is not you. Try once more; if it stays like this, tell whoever runs this server.
        </p>
      )}
      <p class="acts">
        <a class="btn quiet" href={back ?? '/'}>
          {back ? 'Go back' : 'Go to Today'}
        </a>
      </p>
    </Door>
  );
}
